/** An answer that says what was asked. */
export const echo = ({ method, target, body }) => ({ json: { method, target, body } });
