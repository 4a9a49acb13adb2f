import { randomToken } from "@bennu/core/crypto"
import type { Session } from "@bennu/plug/session"
import * as z from "zod"
import type { Visitor } from "./vocabulary.ts"

const colours = ["Amber", "Ashen", "Copper", "Golden", "Indigo", "Ivory", "Russet", "Silver"]
const birds = ["Avocet", "Bittern", "Crane", "Egret", "Heron", "Ibis", "Plover", "Stork"]
const Kept = z.object({ id: z.string(), name: z.string() })

const oneOf = (names: readonly string[]) => names[Math.floor(Math.random() * names.length)] ?? ""

/** The visitor that a session tells of, or a new one, who is kept in it where it `mayKeep`. */
export function visitorOf(session: Session, mayKeep: boolean): Visitor {
  const known = Kept.safeParse(session.get("visitor"))
  if (known.success) return known.data
  const visitor = { id: randomToken(9), name: `${oneOf(colours)} ${oneOf(birds)}` }
  if (mayKeep) session.put("visitor", visitor)
  return visitor
}
