export { type PlanOptions, planScan, type ScanPlan, type ScanRange, type UnreadTopic } from "./plan.js";
export { type ScanOptions, type ScanOutcome, type ScanProgress, scan, type Uncovered } from "./scan.js";
