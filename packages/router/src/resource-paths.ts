import { ResourceError } from "./errors.ts"
import { joinPatterns } from "./join-patterns.ts"
import { type Address, addressOf, type NamesOf } from "./paths.ts"
import type { Verb } from "./route.ts"

/** What can be done with a resource, and with which verbs. */
export interface VerbsOfActions {
  /** All of them: `GET /posts`. */
  readonly index: "GET"
  /** The form for another: `GET /posts/new`. */
  readonly new: "GET"
  /** `POST /posts` */
  readonly create: "POST"
  /** One of them: `GET /posts/:id`. */
  readonly show: "GET"
  /** The form to change it: `GET /posts/:id/edit`. */
  readonly edit: "GET"
  /** `PATCH /posts/:id` and `PUT /posts/:id` */
  readonly update: "PATCH" | "PUT"
  /** `DELETE /posts/:id` */
  readonly delete: "DELETE"
}
export type Action = keyof VerbsOfActions

/** An action's verbs, whether it is about one of a resource, and what its path ends with. */
interface ActionFacts {
  readonly action: Action
  readonly verbs: readonly Verb[]
  readonly member: boolean
  readonly suffix: string
}

const actions: Readonly<Record<Action, ActionFacts>> = {
  index: { action: "index", verbs: ["GET"], member: false, suffix: "/" },
  new: { action: "new", verbs: ["GET"], member: false, suffix: "/new" },
  create: { action: "create", verbs: ["POST"], member: false, suffix: "/" },
  show: { action: "show", verbs: ["GET"], member: true, suffix: "/" },
  edit: { action: "edit", verbs: ["GET"], member: true, suffix: "/edit" },
  update: { action: "update", verbs: ["PATCH", "PUT"], member: true, suffix: "/" },
  delete: { action: "delete", verbs: ["DELETE"], member: true, suffix: "/" },
}
type MemberAction = "show" | "edit" | "update" | "delete"

/** Under which key the paths of a resource keep what they were made of. */
export const resource: unique symbol = Symbol("bennu.router.resource")

/** @internal */
export interface Resource<out A extends Action = Action> {
  readonly path: string
  readonly actions: readonly A[]
  /** The path of one of them; that of the resource itself when there is only one. */
  readonly member: string
  readonly nested: Readonly<Record<string, AnyResourcePaths>>
}

/** The paths of any resource. */
export interface AnyResourcePaths<out A extends Action = Action> {
  /** @internal */
  readonly [resource]: Resource<A>
}

/** The paths of a resource, by action, and of those nested in it. `N` are the parameters before, `M` is its own. */
export type ResourcePaths<N extends string, M extends string, A extends Action, C = {}> = {
  readonly [K in A]: Address<K extends MemberAction ? N | M : N, VerbsOfActions[K]>
} & { readonly [K in keyof C]: Below<C[K], N | M> } & AnyResourcePaths<A>

/** Paths of a resource that stand below another's. */
type Below<P, X extends string> = {
  readonly [K in keyof P]: P[K] extends Address<infer N, infer V>
    ? Address<N | X, V>
    : K extends typeof resource
      ? P[K]
      : Below<P[K], X>
}

/** What there is of a resource. */
export interface ResourceOptions<
  O extends Action = Action,
  E extends Action = Action,
  M extends string = string,
  S extends boolean = boolean,
  C = Readonly<Record<string, AnyResourcePaths>>,
> {
  /** These actions (all). */
  readonly only?: readonly O[] | undefined
  /** Not these (none). */
  readonly except?: readonly E[] | undefined
  /** What the parameter is called (`"id"`). A resource with nested ones needs another name than theirs. */
  readonly param?: M | undefined
  /** There is only one, such as the account of who is signed in: no parameter, no `index` (`false`). */
  readonly singleton?: S | undefined
  /** What belongs to one of them, by name: its paths stand below `/posts/:post`. */
  readonly nested?: C | undefined
}

/** The actions that remain of some. */
export type Remaining<A extends Action, E extends Action, S extends boolean> = Exclude<
  A,
  E | (S extends true ? "index" : never)
>

/**
 * Names the addresses of a resource, as {@link paths} does for single ones: for links, and for {@link resources}.
 * @throws {ResourceError} {@link PatternError}
 * @example resourcePaths("/posts", { only: ["index", "show"] }).show({ id: 7 }) // "/posts/7"
 */
export function resourcePaths<
  const P extends `/${string}`,
  O extends Action = Action,
  E extends Action = never,
  const M extends string = "id",
  const S extends boolean = false,
  const C extends Readonly<Record<string, AnyResourcePaths>> = {},
>(
  path: P,
  options: ResourceOptions<O, E, M, S, C> = {},
): ResourcePaths<NamesOf<P>, S extends true ? never : M, Remaining<O, E, S>, C> {
  const { only = allActions, except = [], param = "id", singleton = false, nested = {} } = options
  const chosen = only.filter(
    (action: Action) =>
      !except.some((other) => other === action) && !(singleton && action === "index"),
  )
  if (singleton && options.only?.some((action: Action) => action === "index")) {
    const hint = "Leave singleton out, or index."
    throw new ResourceError(path, "is only one, and has no index", hint)
  }
  const member = singleton ? path : joinPatterns(path, `/:${param}`)
  // the type says by name what was made of the same options
  return pathsOf({ path, actions: chosen, member, nested }) as AnyResourcePaths as ResourcePaths<
    NamesOf<P>,
    S extends true ? never : M,
    Remaining<O, E, S>,
    C
  >
}

const allActions = ["index", "new", "create", "show", "edit", "update", "delete"] as const

/** Puts a resource, and what is nested in it, below a path. */
function moved(prefix: string, { [resource]: made }: AnyResourcePaths): AnyResourcePaths {
  const [path, member] = [joinPatterns(prefix, made.path), joinPatterns(prefix, made.member)]
  return pathsOf({ ...made, path, member })
}

function pathsOf(made: Resource): AnyResourcePaths {
  const { path, member, nested } = made
  const taken = Object.keys(nested).find((name) => Object.hasOwn(actions, name))
  if (taken !== undefined) {
    const hint = "Give what is nested another name."
    throw new ResourceError(path, `has something nested with the name of an action, ${taken}`, hint)
  }
  const own = made.actions.map((action) => {
    const facts = factsOf(path, action)
    const pattern = joinPatterns(facts.member ? member : path, facts.suffix)
    return [action, addressOf(pattern, { verb: facts.verbs[0] })] as const
  })
  const below = Object.entries(nested).map(([name, child]) => [name, moved(member, child)] as const)
  return Object.freeze({ ...Object.fromEntries([...own, ...below]), [resource]: made })
}

/** @internal @throws {ResourceError} for what is no action. */
export function factsOf(path: string, action: string): ActionFacts {
  const known = allActions.find((known) => known === action)
  if (known !== undefined) return actions[known]
  const hint = `There are ${allActions.join(", ")}.`
  throw new ResourceError(path, `has no action ${JSON.stringify(action)}`, hint)
}
