// Short messages over the page: something was done, or was refused.
import { ElMessage, ElMessageBox } from 'element-plus/es'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/message-box/style/css'
import { i18n } from '../i18n'
import { problemText } from './problem-text'

export const say = {
  done(text: string) {
    ElMessage({ type: 'success', message: text, grouping: true, plain: true })
  },
  note(text: string) {
    ElMessage({ type: 'info', message: text, grouping: true, plain: true })
  },
  /** What was refused, with the server's own words and the trace id. */
  problem(thrown: unknown) {
    const { text, trace } = problemText(thrown)
    ElMessage({ type: 'error', message: trace ? `${text} (${trace})` : text, duration: 6000, showClose: true, plain: true })
  },
}

/** Asks before something is lost or sent; true when the user agreed. */
export async function confirm(text: string, options: { title?: string; yes?: string; danger?: boolean } = {}): Promise<boolean> {
  const { t } = i18n.global
  try {
    await ElMessageBox.confirm(text, options.title ?? t('do.sure'), {
      confirmButtonText: options.yes ?? t('do.confirm'),
      cancelButtonText: t('do.cancel'),
      confirmButtonType: options.danger ? 'danger' : 'primary',
      autofocus: !options.danger,
    })
    return true
  } catch {
    return false
  }
}
