/** Words that say nothing of which field a key is. */
const empty: ReadonlySet<string> = new Set([
  ...["a", "an", "the", "of", "in", "for", "to", "by", "is", "as", "and", "or", "on", "with", "this", "that", "from"],
  ...["kafka", "message", "record", "partition", "partitioning", "key", "keys", "value", "field", "string", "integer"],
  ...["used", "unique", "topic"],
]);

/** The words of a name or a sentence: `orderId`, `order_id` and "the id of an order" have the same two. */
export const wordsOf = (text: string): ReadonlySet<string> =>
  new Set(
    text
      .replaceAll(/([a-z0-9])([A-Z])/g, "$1 $2")
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter((word) => word !== "" && !empty.has(word)),
  );
