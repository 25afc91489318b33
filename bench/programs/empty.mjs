// Nothing: what a Node process costs by itself.
