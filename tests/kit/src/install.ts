import { spawnSync } from "node:child_process"

/** Installs a package of Debian's, for whoever may. */
export function install(name: string): void {
  if (process.getuid?.() !== 0 || spawnSync("apt-get", ["--version"]).status !== 0) return
  // several test files may want it at once
  const patient = ["-qq", "-o", "DPkg::Lock::Timeout=120"]
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" }
  for (const words of [["update"], ["install", "-y", "--no-install-recommends", name]])
    spawnSync("apt-get", [...patient, ...words], { env, stdio: "ignore" })
}
