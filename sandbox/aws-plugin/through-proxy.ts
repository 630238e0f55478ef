import { readFileSync } from "node:fs";
import { HttpsProxyAgent } from "hpagent";

/** The request handler's options of an AWS client behind a proxy: the SDK looks for none by itself. */
export function throughProxy(proxy: string, caFile?: string) {
	return { httpsAgent: new HttpsProxyAgent({ proxy, ...(caFile && { ca: readFileSync(caFile) }) }) };
}
