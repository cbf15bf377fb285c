// Where the provider keeps sessions, grants and tokens: in memory, and beyond a change of its settings.

const kept = new Map();

/** The provider's store for one kind of thing (`oidc-provider`, docs, "adapter"). */
export function store(kind) {
  const at = (id) => `${kind}:${id}`;
  const found = (fits) =>
    [...kept].find(([place, { payload }]) => place.startsWith(at("")) && fits(payload))?.[1]
      .payload;
  const find = async (id) => {
    const entry = kept.get(at(id));
    return entry && (entry.ends === undefined || Date.now() < entry.ends)
      ? entry.payload
      : undefined;
  };
  return {
    find,
    findByUid: async (uid) => found((payload) => payload.uid === uid),
    findByUserCode: async (code) => found((payload) => payload.userCode === code),
    async upsert(id, payload, seconds) {
      const ends = seconds === undefined ? undefined : Date.now() + seconds * 1000;
      kept.set(at(id), { payload, ends });
    },
    async consume(id) {
      kept.get(at(id)).payload.consumed = Math.floor(Date.now() / 1000);
    },
    async destroy(id) {
      kept.delete(at(id));
    },
    async revokeByGrantId(grant) {
      for (const [place, { payload }] of kept) {
        if (place.startsWith(at("")) && payload.grantId === grant) kept.delete(place);
      }
    },
  };
}
