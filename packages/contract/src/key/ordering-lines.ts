const isPlain = (text: string) =>
  /^[A-Za-z_][\w-]*$/.test(text) && !/^(null|true|false|yes|no|on|off|y|n)$/i.test(text);

/** A name as it stands in YAML, also between braces, and in JSON where it needs quotes. */
export const yamlName = (name: string): string => (isPlain(name) ? name : JSON.stringify(name));

/** A runtime expression as it stands in YAML. */
export const yamlExpression = (expression: string) =>
  /^[\w$./#~-]+$/.test(expression) ? expression : JSON.stringify(expression);

/** The line that declares a domain at a contract's root. */
export const orderingLine = (domain: string, expression: string): string =>
  `x-ordering: { ${yamlName(domain)}: { key: ${yamlExpression(expression)}, partitioner: murmur2 } }`;

/** The same as a field of JSON. */
export const orderingField = (domain: string, expression: string): string =>
  `"x-ordering": ${JSON.stringify({ [domain]: { key: expression, partitioner: "murmur2" } })}`;
