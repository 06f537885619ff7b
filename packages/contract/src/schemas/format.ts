const asyncapi = /^application\/vnd\.aai\.asyncapi(\+json|\+yaml)?\s*;\s*version=(2|3)\.\d+\.\d+$/;
const draft7 = /^application\/schema(\+json|\+yaml)?\s*;\s*version=draft-0?7$/;

/** Whether a `schemaFormat` is one whose schemas are JSON Schema draft 7. */
export const isAcceptedFormat = (format: string): boolean => asyncapi.test(format.trim()) || draft7.test(format.trim());
