import { fileURLToPath } from 'node:url';

/** The sample organisation that comes with the product. */
export const sampleFolder = fileURLToPath(new URL('../../../examples/sample-org', import.meta.url));
