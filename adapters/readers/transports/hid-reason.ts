import type { HidMatch } from './hid-bus.ts';

/** Debian's names of the packages that hold the libraries node-hid is linked with. */
const PACKAGES: ReadonlyMap<string, string> = new Map([
  ['libusb-1.0', 'libusb-1.0-0'],
  ['libudev', 'libudev1'],
]);

/** Why a device can't be opened and what to do about it, in one line: what went wrong is only found in texts. Without `match`, why they can't be listed. */
export function hidReasonOf(cause: unknown, match?: HidMatch): string {
  // node-hid rejects with an Error or with a text.
  const text = cause instanceof Error ? cause.message : String(cause);
  const library = [...PACKAGES.keys()].find((name) => text.includes(`${name}.so`));
  if (library !== undefined) {
    const remedy = `apt-get install ${PACKAGES.get(library)}`;
    return `系统缺少 ${library},请运行 ${remedy} / ${library} is missing: ${remedy}`;
  }
  if (isNativePartMissing(cause, text)) {
    return 'node-hid 的本机部件无法加载,请重新运行 npm ci / the native part of node-hid cannot be loaded: run npm ci again';
  }
  if (match && /permission denied|access is denied|not permitted/i.test(text)) {
    const rule = udevRuleOf(match);
    return (
      `没有权限打开设备,请把 ${rule} 写入 /etc/udev/rules.d/70-yikatong.rules,把运行网关的用户加入 plugdev 组,再重新插拔 / ` +
      `no permission to open the device: put ${rule} into /etc/udev/rules.d/70-yikatong.rules, the gateway's user into the group plugdev, and plug it in again`
    );
  }
  return cause instanceof Error && cause.name !== 'Error' ? cause.name : text.split('\n', 1)[0]!;
}

function isNativePartMissing(cause: unknown, text: string): boolean {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  return (
    code === 'ERR_DLOPEN_FAILED' ||
    code === 'ERR_MODULE_NOT_FOUND' ||
    code === 'MODULE_NOT_FOUND' ||
    text.includes('Failed to find binding')
  );
}

function udevRuleOf({ vendorId, productId }: HidMatch): string {
  const hex = (number: number) => number.toString(16).padStart(4, '0');
  return `KERNEL=="hidraw*", ATTRS{idVendor}=="${hex(vendorId)}", ATTRS{idProduct}=="${hex(productId)}", GROUP="plugdev", MODE="0660"`;
}
