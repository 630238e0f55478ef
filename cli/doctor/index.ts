export { diagnose } from "./diagnose";
export { reportJson, reportOf, summaryOf } from "./report";
export { sourceOf } from "./source";
