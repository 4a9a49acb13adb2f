/** The shortest secret that keys are derived from, in bytes: what 48 random bytes take in base64. */
export const SECRET_BYTES = 64

/** A command that prints a secret, for hints. */
export const MAKE_A_SECRET = `node -p "crypto.randomBytes(48).toString('base64url')"`
