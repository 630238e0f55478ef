import * as pulumi from "@pulumi/pulumi";
import { visibleLines } from "../core/errors/escape";

/** Messages that quote AWS, the cluster or a config: a binding's name, for example, may hold anything. */
export const log = {
	info: (text: string, resource?: pulumi.Resource) => pulumi.log.info(visibleLines(text), resource),
	warn: (text: string, resource?: pulumi.Resource) => pulumi.log.warn(visibleLines(text), resource),
};
