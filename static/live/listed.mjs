// What the server lists of the session's connections. A message has the ids of all
// that are listed, in order, and in full only those that are new or have changed;
// the others are as the messages before it on the same socket left them.

export class Listed {
  #known = new Map();

  /** All connections that a message lists, whole, with their `age` at its time. */
  read({ at, listed, connections }) {
    for (const connection of connections) this.#known.set(connection.id, connection);
    const all = listed.map((id) => this.#known.get(id));
    this.#known = new Map(all.map((connection) => [connection.id, connection]));
    return all.map((connection) => ({ ...connection, age: Math.max(0, at - connection.began) }));
  }
}
