// A refusal of the server (RFC 9457 problem+json) or of the network, as one error type that pages can show.

export interface FieldProblem {
  field: string
  code: string
  detail: string
}

interface ProblemBody {
  status?: number
  code?: string
  title?: string
  detail?: string
  trace?: string
  fields?: FieldProblem[]
  extra?: unknown
}

export class ProblemError extends Error {
  readonly status: number
  /** Stable code, such as `cases.move_not_open`; `network` when nothing answered. */
  readonly code: string
  /** Text for the user, already in the user's language when the server wrote it. */
  readonly detail: string
  readonly fields: FieldProblem[]
  readonly trace: string | undefined
  /** What the code carries beside it; for `kernel.stale` the new version and what changed. */
  readonly extra: unknown

  constructor(body: ProblemBody) {
    super(body.detail ?? body.title ?? body.code ?? 'problem')
    this.name = 'ProblemError'
    this.status = body.status ?? 0
    this.code = body.code ?? (body.status ? `http.${body.status}` : 'network')
    this.detail = body.detail ?? body.title ?? ''
    this.fields = body.fields ?? []
    this.trace = body.trace
    this.extra = body.extra
  }

  /** The text for one field of a form, if the server refused it. */
  field(name: string): string | undefined {
    return this.fields.find((f) => f.field === name)?.detail
  }

  static async of(response: Response): Promise<ProblemError> {
    return ProblemError.parse(response.status, await response.text().catch(() => ''))
  }

  static parse(status: number, text: string): ProblemError {
    try {
      return new ProblemError({ ...(JSON.parse(text) as ProblemBody), status })
    } catch {
      // A proxy or a stopped server answers with a page of its own, which says nothing to the user.
      return new ProblemError({ status })
    }
  }

  /** Whatever was thrown, as a ProblemError. */
  static from(thrown: unknown): ProblemError {
    if (thrown instanceof ProblemError) return thrown
    if (thrown instanceof TypeError) return new ProblemError({ code: 'network' })
    return new ProblemError({ code: 'page', detail: thrown instanceof Error ? thrown.message : String(thrown) })
  }
}
