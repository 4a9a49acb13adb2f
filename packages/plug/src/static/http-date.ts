// RFC 9110 §5.6.7: what is written now, and the two forms that must still be read
const NOW = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/
const RFC_850 = /^[A-Z][a-z]{5,8}, (\d\d)-([A-Z][a-z]{2})-(\d\d) (\d\d:\d\d:\d\d) GMT$/
const ASCTIME = /^[A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}$/

/** The time of an HTTP date in milliseconds, or `null` for what is none: then the header is as if it were not there. */
export function parseHttpDate(text: string): number | null {
  const time = timeOf(text)
  return Number.isNaN(time) ? null : time
}

function timeOf(text: string): number {
  if (NOW.test(text)) return Date.parse(text)
  if (ASCTIME.test(text)) return Date.parse(`${text} GMT`)
  const match = RFC_850.exec(text)
  if (match === null) return Number.NaN
  const [, day, month, year = "", time] = match
  // two digits that would lie more than fifty years ahead are of the century before
  const century = Number(year) + 2000 > new Date().getUTCFullYear() + 50 ? "19" : "20"
  return Date.parse(`${day} ${month} ${century}${year} ${time} GMT`)
}
