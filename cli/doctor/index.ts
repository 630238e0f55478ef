export { diagnose } from "./diagnose";
export { reportJson, reportOf, summaryOf } from "./report";
export { liveSource, sourceOf } from "./source";
