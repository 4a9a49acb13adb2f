import { ResourceError } from "./errors.ts"
import { joinPatterns } from "./join-patterns.ts"
import type { NamesOf } from "./paths.ts"
import { type AnyFunction, placeOfCall } from "./place.ts"
import {
  type Action,
  type AnyResourcePaths,
  factsOf,
  type Remaining,
  type ResourceOptions,
  type ResourcePaths,
  resource,
  resourcePaths,
} from "./resource-paths.ts"
import type { Constraints, RouteGroup } from "./route.ts"

/** The routes of a resource, and their paths to link to. */
export interface ResourceGroup<out H, out P extends AnyResourcePaths> extends RouteGroup<H> {
  readonly paths: P
}

/** What is nested, by name. */
type Nested<H> = Readonly<Record<string, ResourceGroup<H, AnyResourcePaths>>>
type PathsOfNested<C> = {
  readonly [K in keyof C]: C[K] extends { readonly paths: infer P } ? P : never
}

interface GroupOptions extends Constraints {
  /** The function whose caller declares the resource, where yours wraps this one. */
  readonly above?: AnyFunction | undefined
}

/**
 * Declares the routes of something that is listed, shown, made, changed and deleted: one handler an action.
 * @param path Where it stands, or what `resourcePaths` made: then the routes and the links cannot differ.
 * @param handlers One for each action there is; without `only`, there are those that have a handler.
 * @throws {ResourceError} when an action has no handler, or a handler no action.
 * @example resources("/posts", { index: listPosts, show: showPost }, { param: "slug" })
 */
export function resources<H, A extends Action>(
  paths: AnyResourcePaths<A>,
  handlers: { readonly [K in A]: H },
  options?: GroupOptions,
): ResourceGroup<H, AnyResourcePaths<A>>
export function resources<
  const P extends `/${string}`,
  H,
  A extends Action,
  O extends A = A,
  E extends Action = never,
  const M extends string = "id",
  const S extends boolean = false,
  const C extends Nested<H> = {},
>(
  path: P,
  handlers: { readonly [K in A]: H },
  options?: ResourceOptions<O, E, M, S, C> & GroupOptions,
): ResourceGroup<
  H,
  ResourcePaths<NamesOf<P>, S extends true ? never : M, Remaining<O, E, S>, PathsOfNested<C>>
>
export function resources<H>(
  source: `/${string}` | AnyResourcePaths,
  handlers: Readonly<Record<string, H>>,
  options: ResourceOptions<Action, Action, string, boolean, Nested<H>> & GroupOptions = {},
): ResourceGroup<H, AnyResourcePaths> {
  const { only, except, param, singleton, nested = {}, above = resources, ...constraints } = options
  const place = placeOfCall(above)
  const paths =
    typeof source === "string"
      ? resourcePaths(source, {
          only: only ?? actionsOf(source, handlers, except ?? []),
          ...{ except, param, singleton },
          nested: Object.fromEntries(
            Object.entries(nested).map(([name, { paths }]) => [name, paths]),
          ),
        })
      : source
  const { path, actions, member } = paths[resource]
  const own = actions.flatMap((action) => {
    const facts = factsOf(path, action)
    const pattern = joinPatterns(facts.member ? member : path, facts.suffix)
    const handler = handlerOf(path, handlers, action)
    return facts.verbs.map((verb) => ({ verb, pattern, handler, place }))
  })
  const below = Object.values(nested).map(({ routes }) => ({ prefix: member, routes }))
  return { ...constraints, routes: [...own, ...below], paths }
}

/** The actions that have a handler, in the order of the table. */
function actionsOf(path: string, handlers: object, except: readonly Action[]): Action[] {
  return Object.keys(handlers)
    .filter((name) => !except.some((action) => action === name))
    .map((name) => factsOf(path, name).action)
}

function handlerOf<H>(path: string, handlers: Readonly<Record<string, H>>, action: Action): H {
  const handler = Object.hasOwn(handlers, action) ? handlers[action] : undefined
  if (handler !== undefined) return handler
  const hint = `Give it a handler, or leave it out: { except: ["${action}"] }.`
  throw new ResourceError(path, `has no handler for ${action}`, hint)
}
