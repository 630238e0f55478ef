"""Changes of a cluster's authentication mode, which take a while; so long the cluster is UPDATING and in its old mode."""

import datetime
from dataclasses import dataclass, field
from uuid import uuid4

from moto.eks.exceptions import InvalidParameterException, ResourceInUseException

# A cluster moves through them one by one, and never back.
MODES = ["CONFIG_MAP", "API_AND_CONFIG_MAP", "API"]


@dataclass
class Update:
    mode: str
    due: datetime.datetime
    id: str = field(default_factory=lambda: str(uuid4()))
    created_at: datetime.datetime = field(default_factory=lambda: _now())
    status: str = "InProgress"


class ModeUpdates:
    def __init__(self) -> None:
        self.by_id: dict[str, Update] = {}

    @property
    def current(self) -> Update | None:
        return next((update for update in self.by_id.values() if update.status == "InProgress"), None)

    def begin(self, cluster: str, before: str, mode: str, seconds: float) -> Update:
        if self.current:
            raise ResourceInUseException(
                message=f"Cannot AccessConfigUpdate because cluster {cluster} currently has update {self.current.id} in progress"
            )
        if mode not in MODES or MODES.index(mode) != MODES.index(before) + 1:
            raise InvalidParameterException(message=f"Unsupported authentication mode update from {before} to {mode}")
        update = Update(mode, _now() + datetime.timedelta(seconds=seconds))
        self.by_id[update.id] = update
        return update

    def take_due(self) -> Update | None:
        """The one whose time has come, which is over with that."""
        update = self.current
        if update is None or update.due > _now():
            return None
        update.status = "Successful"
        return update


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.timezone.utc)
