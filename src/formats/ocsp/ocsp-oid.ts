/** RFC 6960 §4. */
export const ocspBasic = '1.3.6.1.5.5.7.48.1.1';
export const ocspNonce = '1.3.6.1.5.5.7.48.1.2';
