// The route tables that routers are compared on, and what is asked of each.

export type Verb = "GET" | "POST" | "PUT" | "PATCH" | "DELETE"
export type Line = readonly [verb: Verb, pattern: string]

/**
 * "match" asks with the same strings again and again, as benchmarks of routers mostly do, and leaves the parameters alone.
 * "read" is what servers do: every path is a fresh string, cut off the request, and every parameter is read, decoded.
 */
export type Mode = "match" | "read"

/** A request, and the names of the parameters that whoever handles it reads. */
export interface Asked {
  readonly verb: Verb
  /** A `~` is another number each time. */
  readonly path: string
  readonly names: readonly string[]
}
/** Requests of one kind, asked in turn. */
export type Kinds = Readonly<Record<string, readonly Asked[]>>

const lines = (text: string): readonly Line[] =>
  text
    .trim()
    .split(/\s*\n\s*/)
    .map((line) => line.split(" ") as [Verb, string])

const ask = (line: string): Asked => {
  const [verb, path, ...names] = line.split(" ") as [Verb, string, ...string[]]
  return { verb, path, names }
}
const kinds = (of: Readonly<Record<string, readonly string[]>>): Kinds =>
  Object.fromEntries(Object.entries(of).map(([kind, asked]) => [kind, asked.map(ask)]))

/** The twelve routes by which Hono compares routers, and its seven requests. */
export const twelve = lines(`
  GET /user
  GET /user/comments
  GET /user/avatar
  GET /user/lookup/username/:username
  GET /user/lookup/email/:address
  GET /event/:id
  GET /event/:id/comments
  POST /event/:id/comment
  POST /map/:location/events
  GET /status
  GET /very/deeply/nested/route/hello/there
  GET /static/*
`)
export const ofTwelve = kinds({
  "short static": ["GET /user"],
  "static with same radix": ["GET /user/comments"],
  "dynamic route": ["GET /user/lookup/username/hey~ username"],
  "mixed static dynamic": ["GET /event/abcd~/comments id"],
  post: ["POST /event/abcd~/comment id"],
  "long static": ["GET /very/deeply/nested/route/hello/there"],
  wildcard: ["GET /static/index~.html *"],
})

/** About what GitHub's REST API has. */
export const github = lines(`
  GET /authorizations
  POST /authorizations
  GET /authorizations/:id
  PUT /authorizations/clients/:client
  PATCH /authorizations/:id
  DELETE /authorizations/:id
  GET /applications/:client/tokens/:token
  DELETE /applications/:client/tokens
  DELETE /applications/:client/tokens/:token
  GET /events
  GET /repos/:owner/:repo/events
  GET /networks/:owner/:repo/events
  GET /orgs/:org/events
  GET /users/:user/received_events
  GET /users/:user/received_events/public
  GET /users/:user/events
  GET /users/:user/events/public
  GET /users/:user/events/orgs/:org
  GET /feeds
  GET /notifications
  PUT /notifications
  GET /repos/:owner/:repo/notifications
  PUT /repos/:owner/:repo/notifications
  GET /notifications/threads/:id
  PATCH /notifications/threads/:id
  GET /notifications/threads/:id/subscription
  PUT /notifications/threads/:id/subscription
  DELETE /notifications/threads/:id/subscription
  GET /repos/:owner/:repo/stargazers
  GET /users/:user/starred
  GET /user/starred
  GET /user/starred/:owner/:repo
  PUT /user/starred/:owner/:repo
  DELETE /user/starred/:owner/:repo
  GET /repos/:owner/:repo/subscribers
  GET /users/:user/subscriptions
  GET /user/subscriptions
  GET /repos/:owner/:repo/subscription
  PUT /repos/:owner/:repo/subscription
  DELETE /repos/:owner/:repo/subscription
  GET /users/:user/gists
  GET /gists
  GET /gists/public
  GET /gists/starred
  GET /gists/:id
  POST /gists
  PATCH /gists/:id
  PUT /gists/:id/star
  DELETE /gists/:id/star
  GET /gists/:id/star
  POST /gists/:id/forks
  DELETE /gists/:id
  GET /repos/:owner/:repo/git/blobs/:sha
  POST /repos/:owner/:repo/git/blobs
  GET /repos/:owner/:repo/git/commits/:sha
  POST /repos/:owner/:repo/git/commits
  GET /repos/:owner/:repo/git/refs/*
  GET /repos/:owner/:repo/git/refs
  POST /repos/:owner/:repo/git/refs
  PATCH /repos/:owner/:repo/git/refs/*
  DELETE /repos/:owner/:repo/git/refs/*
  GET /repos/:owner/:repo/git/tags/:sha
  POST /repos/:owner/:repo/git/tags
  GET /repos/:owner/:repo/git/trees/:sha
  POST /repos/:owner/:repo/git/trees
  GET /issues
  GET /user/issues
  GET /orgs/:org/issues
  GET /repos/:owner/:repo/issues
  GET /repos/:owner/:repo/issues/:number
  POST /repos/:owner/:repo/issues
  PATCH /repos/:owner/:repo/issues/:number
  GET /repos/:owner/:repo/assignees
  GET /repos/:owner/:repo/assignees/:assignee
  GET /repos/:owner/:repo/issues/:number/comments
  POST /repos/:owner/:repo/issues/:number/comments
  GET /repos/:owner/:repo/issues/:number/events
  GET /repos/:owner/:repo/labels
  GET /repos/:owner/:repo/labels/:name
  POST /repos/:owner/:repo/labels
  PATCH /repos/:owner/:repo/labels/:name
  DELETE /repos/:owner/:repo/labels/:name
  GET /repos/:owner/:repo/issues/:number/labels
  POST /repos/:owner/:repo/issues/:number/labels
  DELETE /repos/:owner/:repo/issues/:number/labels/:name
  PUT /repos/:owner/:repo/issues/:number/labels
  DELETE /repos/:owner/:repo/issues/:number/labels
  GET /repos/:owner/:repo/milestones/:number/labels
  GET /repos/:owner/:repo/milestones
  GET /repos/:owner/:repo/milestones/:number
  POST /repos/:owner/:repo/milestones
  PATCH /repos/:owner/:repo/milestones/:number
  DELETE /repos/:owner/:repo/milestones/:number
  GET /emojis
  GET /gitignore/templates
  GET /gitignore/templates/:name
  POST /markdown
  POST /markdown/raw
  GET /meta
  GET /rate_limit
  GET /users/:user/orgs
  GET /user/orgs
  GET /orgs/:org
  PATCH /orgs/:org
  GET /orgs/:org/members
  GET /orgs/:org/members/:user
  DELETE /orgs/:org/members/:user
  GET /orgs/:org/public_members
  GET /orgs/:org/public_members/:user
  PUT /orgs/:org/public_members/:user
  DELETE /orgs/:org/public_members/:user
  GET /orgs/:org/teams
  GET /teams/:id
  POST /orgs/:org/teams
  PATCH /teams/:id
  DELETE /teams/:id
  GET /teams/:id/members
  GET /teams/:id/members/:user
  PUT /teams/:id/members/:user
  DELETE /teams/:id/members/:user
  GET /teams/:id/repos
  GET /teams/:id/repos/:owner/:repo
  PUT /teams/:id/repos/:owner/:repo
  DELETE /teams/:id/repos/:owner/:repo
  GET /user/teams
  GET /repos/:owner/:repo/pulls
  GET /repos/:owner/:repo/pulls/:number
  POST /repos/:owner/:repo/pulls
  PATCH /repos/:owner/:repo/pulls/:number
  GET /repos/:owner/:repo/pulls/:number/commits
  GET /repos/:owner/:repo/pulls/:number/files
  GET /repos/:owner/:repo/pulls/:number/merge
  PUT /repos/:owner/:repo/pulls/:number/merge
  GET /repos/:owner/:repo/pulls/:number/comments
  PUT /repos/:owner/:repo/pulls/:number/comments
  GET /user/repos
  GET /users/:user/repos
  GET /orgs/:org/repos
  GET /repositories
  POST /user/repos
  POST /orgs/:org/repos
  GET /repos/:owner/:repo
  PATCH /repos/:owner/:repo
  GET /repos/:owner/:repo/contributors
  GET /repos/:owner/:repo/languages
  GET /repos/:owner/:repo/teams
  GET /repos/:owner/:repo/tags
  GET /repos/:owner/:repo/branches
  GET /repos/:owner/:repo/branches/:branch
  DELETE /repos/:owner/:repo
  GET /repos/:owner/:repo/collaborators
  GET /repos/:owner/:repo/collaborators/:user
  PUT /repos/:owner/:repo/collaborators/:user
  DELETE /repos/:owner/:repo/collaborators/:user
  GET /repos/:owner/:repo/comments
  GET /repos/:owner/:repo/commits/:sha/comments
  POST /repos/:owner/:repo/commits/:sha/comments
  GET /repos/:owner/:repo/comments/:id
  PATCH /repos/:owner/:repo/comments/:id
  DELETE /repos/:owner/:repo/comments/:id
  GET /repos/:owner/:repo/commits
  GET /repos/:owner/:repo/commits/:sha
  GET /repos/:owner/:repo/readme
  GET /repos/:owner/:repo/contents/*
  PUT /repos/:owner/:repo/contents/*
  DELETE /repos/:owner/:repo/contents/*
  GET /repos/:owner/:repo/keys
  GET /repos/:owner/:repo/keys/:id
  POST /repos/:owner/:repo/keys
  PATCH /repos/:owner/:repo/keys/:id
  DELETE /repos/:owner/:repo/keys/:id
  GET /repos/:owner/:repo/downloads
  GET /repos/:owner/:repo/downloads/:id
  DELETE /repos/:owner/:repo/downloads/:id
  GET /repos/:owner/:repo/forks
  POST /repos/:owner/:repo/forks
  GET /repos/:owner/:repo/hooks
  GET /repos/:owner/:repo/hooks/:id
  POST /repos/:owner/:repo/hooks
  PATCH /repos/:owner/:repo/hooks/:id
  POST /repos/:owner/:repo/hooks/:id/tests
  DELETE /repos/:owner/:repo/hooks/:id
  POST /repos/:owner/:repo/merges
  GET /repos/:owner/:repo/releases
  GET /repos/:owner/:repo/releases/:id
  POST /repos/:owner/:repo/releases
  PATCH /repos/:owner/:repo/releases/:id
  DELETE /repos/:owner/:repo/releases/:id
  GET /repos/:owner/:repo/releases/:id/assets
  GET /repos/:owner/:repo/stats/contributors
  GET /repos/:owner/:repo/stats/commit_activity
  GET /repos/:owner/:repo/stats/code_frequency
  GET /repos/:owner/:repo/stats/participation
  GET /repos/:owner/:repo/stats/punch_card
  GET /repos/:owner/:repo/statuses/:ref
  POST /repos/:owner/:repo/statuses/:ref
  GET /search/repositories
  GET /search/code
  GET /search/issues
  GET /search/users
  GET /users/:user
  GET /user
  PATCH /user
  GET /users
  GET /user/emails
  POST /user/emails
  DELETE /user/emails
  GET /users/:user/followers
  GET /user/followers
  GET /users/:user/following
  GET /user/following
  GET /user/following/:user
  GET /users/:user/following/:target
  PUT /user/following/:user
  DELETE /user/following/:user
  GET /users/:user/keys
  GET /user/keys
  GET /user/keys/:id
  POST /user/keys
  PATCH /user/keys/:id
  DELETE /user/keys/:id
`)
export const ofGithub = kinds({
  static: ["GET /gists/public", "GET /user/emails", "POST /markdown/raw", "GET /rate_limit"],
  "one param": ["GET /users/ada~ user", "GET /gists/47~ id", "PATCH /teams/12~ id"],
  "two params": [
    "GET /repos/ada/engine~/stats/punch_card owner repo",
    "GET /repos/ada/engine~ owner repo",
    "POST /repos/ada/engine~/merges owner repo",
  ],
  "three params": [
    "GET /repos/ada/engine~/issues/123/comments owner repo number",
    "GET /repos/ada/engine~/commits/4f5e6d7 owner repo sha",
    "DELETE /repos/ada/engine~/releases/9 owner repo id",
  ],
  wildcard: ["GET /repos/ada/engine~/contents/src/main.ts owner repo *"],
  encoded: ["GET /repos/ada/engine~/labels/good%20first%20issue owner repo name"],
  miss: ["GET /wp-login.php", "GET /repos/ada/engine~/nothing", "PUT /users/ada~"],
})

/** Resources as large apps have them: five routes each. */
export const resources = (count: number): readonly Line[] =>
  Array.from({ length: count / 5 }, (_, index): Line[] => {
    const base = `/${["admin", "api/v1", "shop", "team"][index % 4]}/resource${index}`
    return [
      ["GET", base],
      ["POST", base],
      ["GET", `${base}/:id`],
      ["GET", `${base}/:id/edit`],
      ["DELETE", `${base}/:id/items/:item`],
    ]
  }).flat()

/** What is asked of {@link resources}: a few of them, from one end of the table to the other. */
export function ofResources(count: number): Kinds {
  const table = resources(count)
  const bases = [0, 0.28, 0.5, 0.75, 0.99].map(
    (share) => table[Math.floor((share * count) / 5) * 5]?.[1] ?? "",
  )
  return kinds({
    static: bases.map((base) => `GET ${base}`),
    "one param": bases.map((base) => `GET ${base}/12345~/edit id`),
    "two params": bases.map((base) => `DELETE ${base}/12345~/items/678 id item`),
    miss: [
      "GET /wp-login.php",
      "GET /shop/resourceless",
      `PUT ${bases[0]}`,
      `GET ${bases[1]}/1~/no`,
    ],
  })
}
