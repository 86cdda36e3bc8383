import fc from 'fast-check';
import t from 'tap';
import { exchange, SW } from '../../src/card/apdu.ts';
import { Fault } from '../../src/errors.ts';
import { CardInSlot, scriptedSlot } from './slots.ts';

const hex = (text: string) => Buffer.from(text, 'hex');

t.test('61xx is followed by GET RESPONSE, as captured from a GWI reader', async (t) => {
  const slot = scriptedSlot('3B00', {
    '00A404000F7378312E73682EC9E7BBE1B1A3D5CF': '6118',
    '00C0000018': '6F16840F7378312E73682EC9E7BBE1B1A3D5CFA50388011E9000',
  });
  const answer = await exchange(slot, hex('00A404000F7378312E73682EC9E7BBE1B1A3D5CF'));
  t.equal(answer.sw, SW.done);
  t.equal(answer.data.toString('hex').toUpperCase(), '6F16840F7378312E73682EC9E7BBE1B1A3D5CFA50388011E');
});

t.test('61xx is left alone where the data is not wanted', async (t) => {
  const slot = scriptedSlot('3B00', { '00A4020002EF05': '611E' });
  const answer = await exchange(slot, hex('00A4020002EF05'), { fetch: false });
  t.equal(answer.sw, 0x611e);
  t.strictSame(slot.commands, ['00A4020002EF05']);
});

t.test('6Cxx is followed by the same command with that length, as captured', async (t) => {
  const slot = scriptedSlot('3B00', { '00B20105FF': '6C02', '00B2010502': '01029000' });
  const answer = await exchange(slot, hex('00B20105FF'));
  t.equal(answer.data.toString('hex'), '0102');
});

t.test('6Cxx replaces Le behind the data of a command that carries some', async (t) => {
  const slot = scriptedSlot('3B00', { '00A4040002010200': '6C10', '00A4040002010210': '9000' });
  t.equal((await exchange(slot, hex('00A4040002010200'))).sw, SW.done);
});

t.test('a card that says 61xx or 6Cxx for ever is refused', async (t) => {
  for (const answer of ['6110', '6C10', 'AA6110']) {
    const slot = new CardInSlot({ reset: () => hex(''), command: () => hex(answer) });
    const ended = await exchange(slot, hex('00B2010000')).catch((error: unknown) => error);
    const refused = ended instanceof Fault && ended.code === 'card.refused';
    t.ok(refused || (ended as { sw: number }).sw === 0x6c10, answer);
    t.ok(slot.commands.length <= 12);
  }
});

t.test('an answer without status bytes is a fault of the reader', async (t) => {
  const slot = new CardInSlot({ reset: () => hex(''), command: () => hex('90') });
  await t.rejects(exchange(slot, hex('00B2010000')), { code: 'reader.protocol' });
});

t.test('whatever a card answers, an exchange ends in an answer or a Fault', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.uint8Array({ minLength: 4, maxLength: 40 }),
      fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }),
      async (command, answers) => {
        let at = 0;
        const slot = new CardInSlot({
          reset: () => hex(''),
          command: () => Buffer.from(answers[at++ % answers.length]!),
        });
        try {
          await exchange(slot, Buffer.from(command));
        } catch (error) {
          if (!(error instanceof Fault)) throw error;
        }
      },
    ),
  );
  t.pass();
});
