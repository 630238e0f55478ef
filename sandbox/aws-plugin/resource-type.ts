import type { Properties } from "./properties";
import type { Validator } from "./validators";

/** What a resource type takes for one of its inputs, and what a change of it means. */
export interface PropertyRule {
	/**
	 * `policy` is a policy document: JSON text, compared by its meaning. `set` is a list without an order. `block` is an object with
	 * properties of its own.
	 */
	readonly kind: "string" | "number" | "boolean" | "set" | "tags" | "policy" | "block";
	/** Those of a block. */
	readonly properties?: Readonly<Record<string, PropertyRule>>;
	readonly required?: true;
	readonly default?: string | number | boolean;
	readonly maxLength?: number;
	/** What the provider refuses before AWS is asked: in Check, so that a preview fails too. */
	readonly valid?: Validator;
	/** Where omitted, it is the resource's logical name and seven random digits. */
	readonly autoNamed?: true;
	/** Where omitted, what AWS has is left alone. */
	readonly computed?: true;
	/** AWS cannot change it: a change replaces the resource. */
	readonly replaces?: true;
}

/** One resource type of the real provider: its inputs, its outputs and how AWS does it. */
export interface ResourceType {
	/** As errors call it, for example `IAM Role`. */
	readonly title: string;
	readonly inputs: Readonly<Record<string, PropertyRule>>;
	/** What is known only once it exists, each with the inputs whose change in place changes it. */
	readonly outputs: Readonly<Record<string, readonly string[]>>;
	/** The new one would be undone by the end of the old one. */
	readonly deleteBeforeReplace?: true;
	/** What the id in an import stands for; without it, that id is the resource's own. */
	imported?(importId: string): { id: string; state: Properties };
	/** Makes it, and gives its id. */
	create(inputs: Properties): Promise<string>;
	/** All of its inputs and outputs as they are, undefined where it is gone. In an import the state is what its id says. */
	read(id: string, state: Properties): Promise<Properties | undefined>;
	/** Where it is missing, every change replaces. */
	update?(id: string, state: Properties, inputs: Properties): Promise<void>;
	/** Holds also where it is gone already. */
	delete(id: string, state: Properties): Promise<void>;
}
