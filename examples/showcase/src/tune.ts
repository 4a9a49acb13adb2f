import type { BareConn } from "@bennu/plug"

const RATE = 8_000
// two bars of a pentatonic scale, in hertz; 0 rests
const NOTES = [392, 440, 523, 587, 659, 587, 523, 0, 440, 523, 440, 392, 330, 392, 392, 0]
const SECONDS_A_NOTE = 0.5

/** A tune that needs no file and nobody's licence: plucked sine waves, 16 bits, mono. */
function compose(): Uint8Array<ArrayBuffer> {
  const count = NOTES.length * SECONDS_A_NOTE * RATE
  const file = new DataView(new ArrayBuffer(44 + 2 * count))
  const write = (at: number, word: string) =>
    [...word].forEach((letter, i) => {
      file.setUint8(at + i, letter.charCodeAt(0))
    })
  // the header of a WAVE file: soundfile.sapp.org/doc/WaveFormat
  write(0, "RIFF")
  file.setUint32(4, 36 + 2 * count, true)
  write(8, "WAVEfmt ")
  file.setUint32(16, 16, true)
  file.setUint16(20, 1, true)
  file.setUint16(22, 1, true)
  file.setUint32(24, RATE, true)
  file.setUint32(28, RATE * 2, true)
  file.setUint16(32, 2, true)
  file.setUint16(34, 16, true)
  write(36, "data")
  file.setUint32(40, 2 * count, true)
  for (let i = 0; i < count; i++) {
    const seconds = i / RATE
    const hertz = NOTES[Math.floor(seconds / SECONDS_A_NOTE)] ?? 0
    const fading = Math.exp(-6 * (seconds % SECONDS_A_NOTE))
    file.setInt16(44 + 2 * i, 9_000 * fading * Math.sin(2 * Math.PI * hertz * seconds), true)
  }
  return new Uint8Array(file.buffer)
}

const WAVE = compose()

export const tune = (_: BareConn): Response =>
  new Response(WAVE, { headers: { "content-type": "audio/wav", "cache-control": "max-age=86400" } })
