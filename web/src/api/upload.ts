// Multipart requests with progress, for photos and import files. XMLHttpRequest, because fetch cannot tell how far it is.
import { apiLanguage, noteRefusal } from './client'
import { newId } from './ids'
import { ProblemError } from './problem'
import type { StoredFile } from './types'

export interface SendOptions {
  /** Share sent, 0 to 1. */
  onProgress?: (share: number) => void
  signal?: AbortSignal
  /** More headers, for a page that is entered by a link and not by a session. */
  headers?: Record<string, string>
}

/** Posts a form and returns the JSON answer. */
export function postForm<T>(url: string, form: FormData, options: SendOptions = {}): Promise<T> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest()
    request.open('POST', url)
    request.setRequestHeader('Accept-Language', apiLanguage())
    for (const [name, value] of Object.entries(options.headers ?? {})) request.setRequestHeader(name, value)
    request.upload.onprogress = (e) => {
      if (e.lengthComputable) options.onProgress?.(e.loaded / e.total)
    }
    request.onload = () => {
      if (request.status >= 200 && request.status < 300) {
        resolve((request.responseText ? JSON.parse(request.responseText) : undefined) as T)
        return
      }
      const problem = ProblemError.parse(request.status, request.responseText)
      if (!options.headers) noteRefusal(problem)
      reject(problem)
    }
    request.onerror = () => reject(new ProblemError({ code: 'network' }))
    request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
    options.signal?.addEventListener('abort', () => request.abort(), { once: true })
    request.send(form)
  })
}

/** Stores one photo. The id is made here: sending again after a lost answer stores nothing twice. */
export function uploadFile(file: File, options: SendOptions & { id?: string } = {}, url = '/api/files'): Promise<StoredFile> {
  const form = new FormData()
  form.append('id', options.id ?? newId())
  form.append('file', file, file.name)
  return postForm<StoredFile>(url, form, options)
}

export function fileUrl(id: string, size: 'thumb' | 'full' = 'full'): string {
  return `/api/files/${encodeURIComponent(id)}?size=${size}`
}
