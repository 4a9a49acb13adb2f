/** Whether mistakes are looked for that cost time to find. Production is what says so. */
export const isDevelopment = (): boolean => process.env["NODE_ENV"] !== "production"
