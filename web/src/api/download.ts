// A file from the server with progress, kept in memory until it is whole and then handed to the browser to be saved.
import { apiLanguage, noteRefusal } from './client'
import { ProblemError } from './problem'

export interface DownloadOptions {
  /** Bytes and lines so far, and how many rows the server has announced; undefined when it has not. */
  onProgress?: (soFar: { bytes: number; lines: number; rows?: number }) => void
  signal?: AbortSignal
}

const LINE_END = 10

/** Reads the file at `url` and saves it under the name that the server gives it. */
export async function download(url: string, options: DownloadOptions = {}): Promise<void> {
  const response = await fetch(url, { headers: { 'Accept-Language': apiLanguage() }, credentials: 'same-origin', signal: options.signal })
  if (!response.ok) {
    const problem = await ProblemError.of(response)
    noteRefusal(problem)
    throw problem
  }
  const announced = response.headers.get('x-rows')
  const rows = announced === null ? undefined : Number(announced)
  const pieces: BlobPart[] = []
  let bytes = 0
  let lines = 0
  options.onProgress?.({ bytes, lines, rows })
  const reader = response.body?.getReader()
  for (let part = await reader?.read(); part && !part.done; part = await reader?.read()) {
    pieces.push(part.value)
    bytes += part.value.length
    for (const byte of part.value) if (byte === LINE_END) lines += 1
    options.onProgress?.({ bytes, lines, rows })
  }
  const name = /filename="([^"]+)"/.exec(response.headers.get('content-disposition') ?? '')?.[1] ?? 'download'
  save(new Blob(pieces, { type: response.headers.get('content-type') ?? '' }), name)
}

function save(blob: Blob, name: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(blob)
  link.download = name
  link.click()
  // The browser reads it after this turn.
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000)
}
