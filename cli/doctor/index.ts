export { diagnose } from "./diagnose";
export { examine, examineStacks } from "./examine";
export { reportJson, reportOf, summaryOf } from "./report";
export { sourceOf } from "./source";
