//! The sandbox as the conformance runner makes it: it gives the variables under two names, of which ours knows one.
import { pathToFileURL } from 'node:url'

const addon = await import(pathToFileURL(process.env.CONFORMANCE_ADDON).href)
const Plain = (addon.Sandbox ? addon : addon.default).Sandbox

export class Sandbox extends Plain {
  constructor({ envVars: _, ...options }) {
    super(options)
  }
}
