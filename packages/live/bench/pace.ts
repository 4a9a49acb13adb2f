// Operations for each second on the processor, which other work on the machine does not change.

/** For `compare`: what a function does in a second of processor time, in turns of about `ms` of it. */
export const paced = (run: () => unknown, ms = 150) => ({
  async measure(): Promise<number> {
    let batch = 1
    for (;;) {
      const before = process.cpuUsage()
      for (let i = 0; i < batch; i++) await run()
      const { user, system } = process.cpuUsage(before)
      const took = (user + system) / 1000
      if (took >= ms / 2) return (batch / took) * 1000
      batch = Math.max(batch * 2, Math.ceil((batch * ms) / Math.max(took, 0.1)))
    }
  },
})

/** A figure that was measured elsewhere: ../fixtures and the machine that recorded them say where. */
export const recorded = (figure: number) => ({ measure: () => figure })
