import type { Tag } from "@aws-sdk/client-iam";
import type { Properties } from "./properties";
import { configured } from "./settings";

type Tags = Record<string, string>;

/** A resource's own tags over the provider's default ones (pulumi-aws, provider/tags.go, applyTags). */
export function mergedTags(own: unknown): Tags {
	return { ...configured().defaultTags, ...(own as Tags | undefined) };
}

/** As Check has filled them in. */
export function allTags({ tagsAll }: Properties): Tags {
	return (tagsAll ?? {}) as Tags;
}

export function asList(tags: Tags): Tag[] {
	return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

/** `tags` and `tagsAll` as the real provider has them: a default tag is in `tags` only if the program gave it. */
export function readTags(list: Tag[] | undefined, state: Properties): Properties {
	const tagsAll: Tags = {};
	const tags: Tags = {};
	const { defaultTags } = configured();
	for (const { Key, Value } of list ?? []) {
		tagsAll[Key as string] = Value as string;
		const given = (state.tags as Tags | undefined)?.[Key as string];
		if (given !== undefined || defaultTags[Key as string] !== Value) {
			tags[Key as string] = Value as string;
		}
	}
	return {
		tagsAll,
		tags: Object.keys(tags).length > 0 ? tags : undefined,
	};
}

/** Which tags to remove and which to set, to get from one state to the next. */
export function tagChanges(state: Properties, inputs: Properties) {
	const old = allTags(state);
	const wanted = allTags(inputs);
	return {
		removed: Object.keys(old).filter((key) => !(key in wanted)),
		set: asList(Object.fromEntries(Object.entries(wanted).filter(([key, value]) => old[key] !== value))),
	};
}
