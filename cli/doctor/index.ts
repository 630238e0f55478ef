export { diagnose } from "./diagnose";
export { examine, examineStacks } from "./examine";
export { exitCodeOfAll, jsonOf, reportOfAll } from "./report";
export { sourceOf } from "./source";
