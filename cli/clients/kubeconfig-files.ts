import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import { type Kubeconfig, parseKubeconfig } from "../../core/kubernetes/kubeconfig-text";
import { Failure } from "../errors/failure";

/** The kubeconfig that kubectl would read: the given file, else those of KUBECONFIG, else ~/.kube/config. */
export function readKubeconfigFiles(given: string | undefined): Kubeconfig {
	const listed = given ?? process.env.KUBECONFIG;
	// Of several in KUBECONFIG, kubectl passes over those that do not exist.
	const files =
		given !== undefined || !listed
			? [given ?? path.join(homedir(), ".kube", "config")]
			: listed.split(path.delimiter).filter((file) => file !== "");
	const configs = files.flatMap((file) => readFile(file, given) ?? []);
	if (configs.length === 0) {
		throw new Failure("kubeconfig-invalid", `there is no kubeconfig ${files.join(" or ")}; pass --kubeconfig <file>`);
	}
	return merge(configs);
}

function readFile(file: string, given: string | undefined): Kubeconfig | undefined {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch (error) {
		const { code, message } = error as NodeJS.ErrnoException;
		if (code === "ENOENT" && given === undefined) {
			return undefined;
		}
		const problem = code === "ENOENT" ? "there is no such file" : message;
		throw new Failure(
			"kubeconfig-invalid",
			`${given === undefined ? "kubeconfig" : "--kubeconfig"} ${file}: ${problem}`,
		);
	}
	try {
		return withAbsolutePaths(parseKubeconfig(text), path.dirname(path.resolve(file)));
	} catch {
		throw new Failure("kubeconfig-invalid", `${file} is no kubeconfig that can be read; try kubectl config view`);
	}
}

/** Paths in a kubeconfig are relative to its folder; so is a command, unless it is a name on the PATH. */
function withAbsolutePaths(config: Kubeconfig, folder: string): Kubeconfig {
	const absolute = <T extends object>(entry: T | null | undefined, ...keys: (keyof T)[]): T | null | undefined =>
		entry && {
			...entry,
			...Object.fromEntries(
				keys.filter((key) => entry[key]).map((key) => [key, path.resolve(folder, String(entry[key]))]),
			),
		};
	return {
		...config,
		clusters: config.clusters?.map((each) => ({ ...each, cluster: absolute(each.cluster, "certificate-authority") })),
		users: config.users?.map((each) => {
			const user = absolute(each.user, "client-certificate", "client-key", "tokenFile");
			const isPath = /[/\\]/.test(user?.exec?.command ?? "");
			return { ...each, user: user && isPath ? { ...user, exec: absolute(user.exec, "command") } : user };
		}),
	};
}

/** Of entries with one name, the first counts. */
function merge(configs: Kubeconfig[]): Kubeconfig {
	return {
		"current-context": configs.map((config) => config["current-context"]).find((name) => name),
		contexts: configs.flatMap(({ contexts }) => contexts ?? []),
		clusters: configs.flatMap(({ clusters }) => clusters ?? []),
		users: configs.flatMap(({ users }) => users ?? []),
	};
}
