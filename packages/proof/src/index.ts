export { type PlanOptions, planScan, type ScanPlan, type ScanRange, type UnreadTopic } from "./scan/plan.js";
export { type ScanOptions, type ScanOutcome, type ScanProgress, scan, type Uncovered } from "./scan/scan.js";
