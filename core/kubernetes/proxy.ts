import { BlockList, isIP } from "node:net";

/**
 * The proxy to a server that the environment asks for, as Go programs such as kubectl read it (golang.org/x/net/http/httpproxy): nothing on
 * this machine goes through one, and NO_PROXY has host names with their subdomains, addresses and address ranges.
 */
export function proxyOf(server: string, environment: NodeJS.ProcessEnv = process.env): string | undefined {
	const { protocol, hostname, port } = new URL(server);
	const variable = (name: string) => environment[name] || environment[name.toLowerCase()];
	const proxy = variable(protocol === "https:" ? "HTTPS_PROXY" : "HTTP_PROXY");
	const host = hostname.replace(/^\[|\]$/g, "").toLowerCase();
	const actualPort = port || (protocol === "https:" ? "443" : "80");
	if (!proxy || isLoopback(host) || isExcluded(host, actualPort, variable("NO_PROXY") ?? "")) {
		return undefined;
	}
	return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function isLoopback(host: string): boolean {
	return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}

function isExcluded(host: string, port: string, noProxy: string): boolean {
	return noProxy
		.split(",")
		.map((entry) => entry.trim().toLowerCase())
		.some((entry) => entry !== "" && matches(entry, host, port));
}

function matches(entry: string, host: string, port: string): boolean {
	if (entry === "*") {
		return true;
	}
	const range = /^(.+)\/(\d+)$/.exec(entry);
	if (range) {
		return isInRange(host, range[1] as string, Number(range[2]));
	}
	const [, bracketed, plain, onlyPort] = /^(?:\[(.+)\]|([^:]*))(?::(\d+))?$/.exec(entry) ?? [
		undefined,
		undefined,
		entry,
	];
	if (onlyPort && onlyPort !== port) {
		return false;
	}
	const name = (bracketed ?? plain ?? "").replace(/^\*(?=\.)/, "");
	if (name === "") {
		return false;
	}
	if (isIP(name) > 0 || isIP(host) > 0) {
		return name === host;
	}
	return name.startsWith(".") ? host.endsWith(name) : host === name || host.endsWith(`.${name}`);
}

function isInRange(host: string, network: string, prefix: number): boolean {
	const [kind, own] = [isIP(network), isIP(host)];
	if (kind === 0 || kind !== own || prefix > (kind === 4 ? 32 : 128)) {
		return false;
	}
	const family = kind === 4 ? "ipv4" : "ipv6";
	const list = new BlockList();
	list.addSubnet(network, prefix, family);
	return list.check(host, family);
}
