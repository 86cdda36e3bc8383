import Type, { type Static } from 'typebox';
import { Id, OneOf, Strict } from './common.ts';
import { READER_SPOTS, READING_TIMEOUT_MS_DEFAULT, READING_TIMEOUT_MS_MAX } from './reading.ts';

/** Where a chip card is looked for, how long, and under which lease. */
export const presentation = {
  spot: Type.Optional(
    OneOf(READER_SPOTS, { description: '芯片卡的位置,默认 either / where the chip card is looked for' }),
  ),
  timeoutMs: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: READING_TIMEOUT_MS_MAX,
      default: READING_TIMEOUT_MS_DEFAULT,
      description: '等待放卡的时间,毫秒 / how long to wait for the card',
    }),
  ),
  lease: Type.Optional(Id),
};

/** The cards whose files can be named by an address. */
export const FILE_CARDS = ['social-security-card', 'health-card'] as const;

const fileAddress = Type.String({
  pattern: '^[0-9A-Za-z|:$]{5,1024}$',
  description:
    '文件地址(LD/T 33 的 pFileAddr):SSSEEF05|06|07|$SSSEEF06|08|09|$;循环文件 DF02EF07:01$;第三条同标识记录 DF02EF15|99:03|$;不写数据项则读整个文件 / address of files and their items',
});

const card = Type.Optional(
  OneOf(FILE_CARDS, {
    description: '卡的种类,默认社会保障卡 / which kind of card; default social-security-card',
  }),
);

const cardId = Type.String({
  pattern: '^[0-9A-Za-z]{1,32}$',
  description: '卡识别码(居民健康卡为卡号):放的不是这张卡则拒绝 / the card that is meant; another is refused',
});

export const FilesRequest = Strict({ fileAddress, card, cardId: Type.Optional(cardId), ...presentation });

const Item = Strict({
  tag: Type.String({ description: '数据项标识,与地址中的写法一致 / as the address has it' }),
  name: Type.String({ description: '名称' }),
  value: Type.String({
    description:
      '值;卡上没有则为空;多个值以 ^ 连接;二进制为十六进制;金额为元 / empty where the card has none; several joined by ^; bytes in hex; amounts in yuan',
  }),
  members: Type.Optional(
    Type.Array(Strict({ tag: Type.String(), name: Type.String(), value: Type.String() }), {
      description: '一个数据项中的各个值 / the values within one item',
    }),
  ),
});

export const FilesAnswer = Strict({
  cardId: Type.String({ description: '卡识别码,或居民健康卡卡号 / the card’s id' }),
  files: Type.Array(Strict({ file: Type.String(), items: Type.Array(Item) })),
  text: Type.String({
    description: 'LD/T 33 的返回串:地址中的数据项换成值 / the address with values in place',
  }),
});

export const FilesWriting = Strict({
  fileAddress,
  card,
  cardId,
  values: Type.Array(Type.String({ maxLength: 8_192 }), {
    minItems: 1,
    maxItems: 256,
    description: '按地址中的次序,每个数据项一个值 / one value for each item, in the address’s order',
  }),
  ...presentation,
});

export const FilesWritten = Strict({
  cardId: Type.String(),
  written: Type.Integer({
    description:
      '改写的数据项数;原值相同的不重写 / items changed; those that held the value already are left alone',
  }),
});

export const PinRequest = Strict(presentation);

const triesLeftBefore = Type.Optional(
  Type.Integer({
    description: '输入之前还剩几次;卡不说则没有 / tries left before it was typed, where the card tells',
  }),
);

export const PinVerified = Strict({ verified: Type.Boolean(), triesLeftBefore });
export const PinChanged = Strict({ changed: Type.Boolean(), triesLeftBefore });

export type FilesRequest = Static<typeof FilesRequest>;
export type FilesAnswer = Static<typeof FilesAnswer>;
export type FilesWriting = Static<typeof FilesWriting>;
export type FilesWritten = Static<typeof FilesWritten>;
export type PinRequest = Static<typeof PinRequest>;
