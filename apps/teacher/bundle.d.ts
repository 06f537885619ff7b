/** Bundles the page from its sources: its files by name. Takes some hundredths of a second. */
export declare function bundlePage(): Promise<ReadonlyMap<string, Uint8Array>>;
