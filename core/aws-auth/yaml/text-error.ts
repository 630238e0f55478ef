import { AccessError } from "../../errors/access-error";
import type { ErrorCode } from "../../errors/codes";
import {
	type EditReason,
	type Explanation,
	explainEdit,
	explainYaml,
	sentences,
	type YamlReason,
} from "../../errors/reasons";

interface Place {
	/** mapRoles or mapUsers. */
	key: string;
	text: string;
	/** Offset in the text. */
	at: number;
}

/** A text of aws-auth that cannot be read or changed safely. Nothing has been written then. */
export class AwsAuthTextError<Reason = YamlReason | EditReason> extends AccessError {
	override name = "AwsAuthTextError";
	readonly key: string;
	/** Line in the map's text, from 1. */
	readonly line: number;
	/** What was found where, and what to do. */
	readonly problem: string;

	private constructor(
		code: ErrorCode,
		/** What is wrong, as data. */
		readonly reason: Reason,
		readonly explained: Explanation,
		{ key, text, at }: Place,
	) {
		const line = text.slice(0, at).split("\n").length;
		const problem = `${key}, line ${line}: ${sentences(explained)}`;
		super(code, `aws-auth: ${problem} Nothing was written.`);
		this.key = key;
		this.line = line;
		this.problem = problem;
	}

	/** For a text that cannot be read. */
	static unreadable(reason: YamlReason, place: Place): AwsAuthTextError<YamlReason> {
		return new AwsAuthTextError("aws-auth-unreadable", reason, explainYaml(reason), place);
	}

	/** For an entry that cannot be written. */
	static notEditable(reason: EditReason, place: Place): AwsAuthTextError<EditReason> {
		const code = reason.is === "entry-exists" ? "aws-auth-entry-exists" : "aws-auth-not-editable";
		return new AwsAuthTextError(code, reason, explainEdit(reason), place);
	}
}
