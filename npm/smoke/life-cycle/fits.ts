/**
 * Whether a value is what the catalogue says, to the letter: the twin of `crates/catalogue/src/fits.rs`. Clients are far more lenient.
 */
import { readFileSync } from 'node:fs';

/** A type as `management.json` writes it. */
type Type =
  | 'any'
  | 'string'
  | 'integer'
  | 'number'
  | 'boolean'
  | 'millis'
  | 'file'
  | { format: string }
  | { const: unknown }
  | { list: Type }
  | { map: Type }
  | { nullable: Type }
  | { ref: string };

interface Field {
  name: string;
  type: Type;
  required: boolean;
}

type Model = { fields: Field[] } | { values: string[] } | { variants: { of: { type: Type }[] } };

export interface Operation {
  id: string;
  group: string;
  name: string;
  method: string;
  path: string;
  paging: 'always' | 'whenAsked' | 'never';
  itemsIn?: string;
  answer: { statuses: number[]; content?: { type: Type }; optional?: boolean };
}

/** One place at which a value is not what the catalogue says. */
export interface Misfit {
  /** Where, `[2].profile.address`; empty for the value itself. */
  at: string;
  /** What is wrong there. Never the value, which may be a secret. */
  what: string;
  /** Whether it is a key that the catalogue does not know, or a value of an enumeration: what a newer server may send. */
  isNew: boolean;
}

export class Catalogue {
  readonly operations: readonly Operation[];
  readonly #models: Record<string, Model>;
  readonly #open: ReadonlySet<string>;

  constructor(catalogue: { operations: Operation[]; models: Record<string, Model>; open: string[] }) {
    this.operations = catalogue.operations;
    this.#models = catalogue.models;
    this.#open = new Set(catalogue.open);
  }

  static read(file: string | URL): Catalogue {
    return new Catalogue(JSON.parse(readFileSync(file, 'utf8')) as ConstructorParameters<typeof Catalogue>[0]);
  }

  /** What an operation answers; of a listing, the type of its items. `undefined` where it answers without data. */
  answerOf({ paging, itemsIn, answer }: Operation): Type | undefined {
    const type = answer.content?.type;
    if (type === undefined || paging === 'never') {
      return type;
    }
    let list: Type | undefined = type;
    if (itemsIn !== undefined && typeof type === 'object' && 'ref' in type) {
      const model = this.#models[type.ref];
      list = model && 'fields' in model ? model.fields.find(({ name }) => name === itemsIn)?.type : undefined;
    }
    return typeof list === 'object' && 'list' in list ? list.list : type;
  }

  /** Every place at which the value is not of the type. */
  misfits(type: Type, value: unknown, at = ''): Misfit[] {
    const unless = (fits: boolean): Misfit[] =>
      fits ? [] : [{ at, what: `${brief(value)} is no ${JSON.stringify(type)}`, isNew: false }];
    if (typeof type === 'string') {
      return unless(isPlain(type, value));
    }
    if ('format' in type) {
      return unless(typeof value === 'string');
    }
    if ('const' in type) {
      return unless(value === type.const);
    }
    if ('nullable' in type) {
      return value === null ? [] : this.misfits(type.nullable, value, at);
    }
    if ('list' in type) {
      return Array.isArray(value)
        ? value.flatMap((item, index) => this.misfits(type.list, item, `${at}[${index}]`))
        : unless(false);
    }
    if ('map' in type) {
      return isObject(value)
        ? Object.entries(value).flatMap(([key, entry]) => this.misfits(type.map, entry, `${at}.${key}`))
        : unless(false);
    }
    return this.#ofModel(type.ref, value, at);
  }

  #ofModel(name: string, value: unknown, at: string): Misfit[] {
    const model = this.#models[name];
    if (model && 'variants' in model) {
      const each = model.variants.of.map(({ type }) => this.misfits(type, value, at));
      return each.reduce((best, found) => (found.length < best.length ? found : best));
    }
    if (model && 'values' in model && typeof value === 'string') {
      return model.values.includes(value) ? [] : [{ at, what: `a string that is no known ${name}`, isNew: true }];
    }
    if (!model || !('fields' in model) || !isObject(value)) {
      return [{ at, what: `${brief(value)} is no ${name}`, isNew: false }];
    }
    const found = model.fields.flatMap((field): Misfit[] => {
      const inside = `${at}.${field.name}`;
      if (Object.hasOwn(value, field.name)) {
        return this.misfits(field.type, value[field.name], inside);
      }
      return field.required ? [{ at: inside, what: `missing from ${name}`, isNew: false }] : [];
    });
    if (this.#open.has(name)) {
      return found;
    }
    const known = new Set(model.fields.map((field) => field.name));
    const more = Object.keys(value).filter((key) => !known.has(key));
    return [
      ...found,
      ...more.map((key) => ({
        at: `${at}.${key}`,
        what: `${name} has no such key (${brief(value[key])})`,
        isNew: true,
      })),
    ];
  }
}

function isPlain(type: Extract<Type, string>, value: unknown): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'string':
    case 'boolean':
    case 'number':
      return typeof value === type;
    case 'integer':
    case 'millis':
      return Number.isInteger(value);
    case 'file':
      return false;
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A value in a few words. */
const brief = (value: unknown): string =>
  value === null
    ? 'null'
    : Array.isArray(value)
      ? 'a list'
      : value === undefined
        ? 'nothing'
        : `${typeof value === 'object' ? 'an' : 'a'} ${typeof value}`;
