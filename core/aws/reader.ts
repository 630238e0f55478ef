import { type AwsClients, askAws } from "./clients";

/** What the aws provider has no functions for, asked of AWS itself. */
export interface AwsReader {
	/** ARN of whoever asks; undefined without usable credentials. */
	identity(): Promise<string | undefined>;
	/** ARNs of attached policies and names of inline ones. */
	policiesOfRole(name: string): Promise<Policies>;
	policiesOfGroup(name: string): Promise<Policies>;
	/** ARNs of the access policies of an access entry. */
	policiesOfEntry(cluster: string, principalArn: string): Promise<string[]>;
}

interface Policies {
	attached: string[];
	inline: string[];
}

/** The AWS SDK as the reader. */
export function awsReader(aws: AwsClients): AwsReader {
	return {
		identity: () =>
			aws.sts.getCallerIdentity({}).then(
				({ Arn }) => Arn,
				() => undefined,
			),
		policiesOfRole: async (RoleName) => {
			const what = `list the policies of the role ${RoleName}`;
			const [attached, inline] = await Promise.all([
				allOf(what, (Marker) => aws.iam.listAttachedRolePolicies({ RoleName, Marker })),
				allOf(what, (Marker) => aws.iam.listRolePolicies({ RoleName, Marker })),
			]);
			return policiesIn(attached, inline);
		},
		policiesOfGroup: async (GroupName) => {
			const what = `list the policies of the group ${GroupName}`;
			const [attached, inline] = await Promise.all([
				allOf(what, (Marker) => aws.iam.listAttachedGroupPolicies({ GroupName, Marker })),
				allOf(what, (Marker) => aws.iam.listGroupPolicies({ GroupName, Marker })),
			]);
			return policiesIn(attached, inline);
		},
		policiesOfEntry: async (clusterName, principalArn) => {
			const arns: string[] = [];
			let nextToken: string | undefined;
			do {
				const request = { clusterName, principalArn, nextToken };
				const page = await askAws(`list the access policies of ${principalArn}`, () =>
					aws.eks.listAssociatedAccessPolicies(request),
				);
				arns.push(...(page?.associatedAccessPolicies ?? []).map(({ policyArn }) => policyArn as string));
				nextToken = page?.nextToken;
			} while (nextToken);
			return arns;
		},
	};
}

/** A page of a list of IAM's. */
interface Page {
	AttachedPolicies?: { PolicyArn?: string }[];
	PolicyNames?: string[];
	IsTruncated?: boolean;
	Marker?: string;
}

async function allOf(what: string, read: (marker: string | undefined) => Promise<Page>): Promise<Page[]> {
	const pages: Page[] = [];
	let marker: string | undefined;
	do {
		const page = await askAws(what, () => read(marker));
		pages.push(...(page ? [page] : []));
		marker = page?.IsTruncated ? page.Marker : undefined;
	} while (marker);
	return pages;
}

function policiesIn(attached: Page[], inline: Page[]): Policies {
	return {
		attached: attached.flatMap(({ AttachedPolicies = [] }) =>
			AttachedPolicies.map(({ PolicyArn }) => PolicyArn as string),
		),
		inline: inline.flatMap(({ PolicyNames = [] }) => PolicyNames),
	};
}
