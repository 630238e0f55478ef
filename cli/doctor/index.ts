export { diagnose } from "./diagnose";
export { reportJson, reportText, summaryOf } from "./report";
export { sourceOf } from "./source";
