// A photo as a camera makes it: a real JPEG, with the time and place it was taken in its EXIF.
import type { Page } from '@playwright/test'

/** Draws a picture in the page and writes where and when it was taken into it. */
export async function photo(page: Page, name: string, at?: { lng: number; lat: number }) {
  const plain = await page.evaluate(async (word) => {
    const canvas = Object.assign(document.createElement('canvas'), { width: 800, height: 600 })
    const pen = canvas.getContext('2d')!
    const sky = pen.createLinearGradient(0, 0, 800, 600)
    sky.addColorStop(0, '#8fb7c4')
    sky.addColorStop(1, '#6d6a5f')
    pen.fillStyle = sky
    pen.fillRect(0, 0, 800, 600)
    pen.fillStyle = '#fff'
    pen.font = '64px sans-serif'
    pen.fillText(word, 60, 320)
    return canvas.toDataURL('image/jpeg', 0.85).split(',')[1]!
  }, name)
  const bytes = Buffer.from(plain, 'base64')
  // EXIF stands right behind the start-of-image mark.
  const buffer = at ? Buffer.concat([bytes.subarray(0, 2), exif(at), bytes.subarray(2)]) : bytes
  return { name: `${name}.jpg`, mimeType: 'image/jpeg', buffer }
}

const ASCII = 2
const LONG = 4
const RATIONAL = 5
/** An APP1 segment with two directories: when it was taken, and where. */
function exif({ lng, lat }: { lng: number; lat: number }): Buffer {
  const texts: Record<string, Buffer> = { time: Buffer.from('2026:03:01 08:30:00\0'), lat: degrees(lat), lng: degrees(lng) }
  const first = 8
  const gps = first + 2 + 2 * 12 + 4
  const data = gps + 2 + 4 * 12 + 4
  const place = { time: data, lat: data + 20, lng: data + 44 }
  const head = Buffer.from([0x49, 0x49, 0x2a, 0, first, 0, 0, 0])
  const tiff = Buffer.concat([
    head,
    directory([
      [0x0132, ASCII, 20, place.time],
      [0x8825, LONG, 1, gps],
    ]),
    directory([
      [1, ASCII, 2, 'N'.charCodeAt(0)],
      [2, RATIONAL, 3, place.lat],
      [3, ASCII, 2, 'E'.charCodeAt(0)],
      [4, RATIONAL, 3, place.lng],
    ]),
    texts.time!,
    texts.lat!,
    texts.lng!,
  ])
  const body = Buffer.concat([Buffer.from('Exif\0\0'), tiff])
  const mark = Buffer.alloc(4)
  mark.writeUInt16BE(0xffe1, 0)
  mark.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([mark, body])
}
function directory(entries: [tag: number, type: number, count: number, value: number][]): Buffer {
  const out = Buffer.alloc(2 + entries.length * 12 + 4)
  out.writeUInt16LE(entries.length, 0)
  entries.forEach(([tag, type, count, value], i) => {
    const at = 2 + i * 12
    out.writeUInt16LE(tag, at)
    out.writeUInt16LE(type, at + 2)
    out.writeUInt32LE(count, at + 4)
    out.writeUInt32LE(value, at + 8)
  })
  return out
}
/** Degrees, minutes and seconds, each as a fraction. */
function degrees(value: number): Buffer {
  const d = Math.floor(value)
  const m = Math.floor((value - d) * 60)
  const s = Math.round(((value - d) * 60 - m) * 60 * 10_000)
  const out = Buffer.alloc(24)
  ;[d, 1, m, 1, s, 10_000].forEach((n, i) => out.writeUInt32LE(n, i * 4))
  return out
}
