// The words for a problem: the server's own where it gave some, ours for the network and for unknown answers.
import { ProblemError } from '../api/problem'
import { i18n } from '../i18n'

export function problemText(thrown: unknown): { title: string; text: string; trace?: string } {
  const problem = ProblemError.from(thrown)
  const { t } = i18n.global
  const kind =
    // A proxy that answers for a server that does not is no answer of the server.
    ['network', 'http.502', 'http.503', 'http.504'].includes(problem.code)
      ? 'network'
      : problem.status === 403
        ? 'forbidden'
        : problem.status === 404
          ? 'missing'
          : problem.status >= 500
            ? 'server'
            : 'refused'
  return {
    title: t(`problem.${kind}.title`),
    text: problem.detail || t(`problem.${kind}.text`),
    ...(problem.trace ? { trace: problem.trace } : {}),
  }
}
