export { secureHeaders } from "./headers/plug.ts"
export { contentSecurityPolicy, type Directives } from "./headers/policy.ts"
export { type SecurityHeaderOptions, securityHeaders } from "./headers/security-headers.ts"
export { nonceOf, pinNonce } from "./nonce.ts"
