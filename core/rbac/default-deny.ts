/**
 * The spec of a NetworkPolicy that lets nothing in or out of a namespace's pods but traffic among them and DNS. Policies add up: who
 * needs more makes another one.
 * https://kubernetes.io/docs/concepts/services-networking/network-policies/#default-deny-all-ingress-and-all-egress-traffic
 */
export const defaultDeny = {
	podSelector: {},
	policyTypes: ["Ingress", "Egress"],
	ingress: [{ from: [{ podSelector: {} }] }],
	egress: [
		{ to: [{ podSelector: {} }] },
		{
			to: [
				{
					namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
					// EKS' CoreDNS has this label.
					podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
				},
			],
			ports: [
				{ protocol: "UDP", port: 53 },
				{ protocol: "TCP", port: 53 },
			],
		},
	],
};
