/**
 * An object with these properties, all null, to be copied and filled. Property by property an object of more than a dozen
 * would become a dictionary, and everything that reads it slow.
 */
export function shapeOf(properties: readonly string[]): Record<string, null> {
  return JSON.parse(JSON.stringify(Object.fromEntries(properties.map((property) => [property, null])))) as Record<
    string,
    null
  >;
}
