export { connectedWith, type ForgeryOptions, protectFromForgery } from "./csrf/plug.ts"
export { type Provenance, provenance } from "./csrf/provenance.ts"
export { csrfToken, csrfTokenMatches, csrfTokenOf } from "./csrf/token.ts"
