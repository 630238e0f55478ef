import type { AccessConfig } from "../config/config";
import type { AccessRow } from "../teams/access-matrix";
import { principalNames } from "../teams/principal-kinds";
import type { Team } from "../teams/team";
import { type AccessChange, accessChanges } from "./access-changes";
import { type Danger, mostDangerousFirst } from "./danger";
import { teamDangers } from "./dangers";
import { describeSetting, listChange, type SettingChange, settingChanges } from "./settings";

/** A stack's config as it is compared; without a cluster, the stack is not there. */
export interface ComparedConfig {
	config?: AccessConfig;
	/** Keys besides the program's own, for example `aws:region`, and stand-ins for encrypted values. */
	others: Record<string, unknown>;
	rows: readonly AccessRow[];
}

/** All that changes: access, what is dangerous about it, and every setting that is neither. */
export interface ConfigChanges {
	dangers: Danger[];
	changes: AccessChange[];
	settings: SettingChange[];
}

export function configChanges(before: ComparedConfig, after: ComparedConfig): ConfigChanges {
	const changes = accessChanges(before.rows, after.rows);
	const [old, next] = [before.config?.teams ?? [], after.config?.teams ?? []];
	const settings = settingChanges(flat(before, next), flat(after, old));
	const isThere = before.config !== undefined && after.config !== undefined;
	const ofStack = isThere ? settings.filter((setting) => stackDanger(setting) !== undefined) : [];
	return {
		dangers: mostDangerousFirst([...ofStack.flatMap((each) => stackDanger(each) ?? []), ...teamDangers(old, next)]),
		changes,
		settings: settings.filter((each) => !ofStack.includes(each) && !isCovered(each, changes, [...old, ...next])),
	};
}

/** A team that one side lacks is compared with one that says nothing. */
function flat({ config, others }: ComparedConfig, otherTeams: readonly Team[]): object {
	const { teams = [], ...rest } = config ?? {};
	const absent = otherTeams
		.filter(({ name }) => !teams.some((team) => team.name === name))
		.map(({ name }) => ({ name, group: name, username: name, access: "full" }));
	const named = [...teams, ...absent].map((team) => [team.name, team]);
	return { ...rest, ...others, teams: Object.fromEntries(named) };
}

const EVERYWHERE = "in another cluster or as another operator";

/** Settings of the whole stack that decide whose access changes, with what credentials, and what is taken over. */
const STACK_KEYS: Record<string, string> = {
	cluster: EVERYWHERE,
	kubeconfig: EVERYWHERE,
	kubeconfigStack: EVERYWHERE,
	kubeconfigOutput: EVERYWHERE,
	adminRoleArn: EVERYWHERE,
	awsProfile: EVERYWHERE,
	environment: "takes its config from another environment",
	authentication: "lets people in another way",
	adoptExisting: "takes over what others have made",
	takeOver: "takes over what others have made",
};

/** Settings of the providers that change nothing but tags. */
const TAGS = /^aws:(defaultTags|ignoreTags)$/;

function stackDanger(setting: SettingChange): Danger | undefined {
	const { path, before, after } = setting;
	const [key = ""] = path;
	const isProviders = /^(aws|kubernetes):/.test(key) && !TAGS.test(key);
	const what = isProviders ? EVERYWHERE : STACK_KEYS[key];
	// Taking nothing over any more is no danger.
	const isLess = typeof before === "boolean" && after !== true;
	return what && !isLess ? { kind: "target", what, names: [describeSetting(setting)] } : undefined;
}

/** Whether a change of access says the same as a setting of a team. */
function isCovered(setting: SettingChange, changes: readonly AccessChange[], teams: readonly Team[]): boolean {
	const [, team, key = "", item = "", part = ""] = setting.path;
	const people = new Set(teams.filter(({ name }) => name === team).flatMap(principalNames));
	const theirs = changes.filter(({ principals }) => principals.some((name) => people.has(name)));
	const { added, removed } = listChange(setting);
	const names = [...added, ...removed];
	const says = (name: string) =>
		theirs.some(({ principals, before, after }) => [...principals, ...before, ...after].includes(name));
	const isIn = (where: (place: string) => boolean) => theirs.some(({ namespaces }) => namespaces.some(where));
	switch (`${key}${part && `.${part}`}`) {
		case "users":
			return names.every((name) => says(`user/${name}`));
		case "ssoPermissionSets":
			return names.every((name) => says(`sso/${name}`));
		case "roleArns":
			return names.every(says);
		case "groups":
			return names.every((name) => says(`group/${name}`));
		case "userArns.arn":
		case "userArns.admin":
			return says(item);
		case "userArns.username":
			return says(item) && [setting.before ?? item, setting.after ?? item].every((name) => name === item);
		case "trustedAccounts.account":
			return [...people].filter((name) => name.startsWith(`account/${item}`)).some(says);
		case "namespaces.name":
		case "namespaces.access":
			return isIn((place) => place === item);
		case "admin":
		case "clusterAccess":
			return isIn((place) => place === "*");
		case "access":
			return theirs.length > 0;
		default:
			return false;
	}
}
