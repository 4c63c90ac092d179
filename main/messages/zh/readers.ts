import type { ErrorCode } from '../../contract/errors.ts'
import type { ErrorText } from '../en/errors.ts'

/** For the user who receives, in place of the sentence for the user who sends. */
export const receivingZh = {
  'timed-out': {
    summary: '发送方[在 {seconds:seconds} 内]没有应答。',
    next: '请检查双方的网络，然后让对方重新发送。',
  },
  'check-failed': {
    summary: '数据到达时已损坏[：{path}]。',
    next: '请检查网线和两台机器的内存，然后让对方重新发送。',
  },
  'unsafe-name': {
    summary: '此名称在本机不安全，因此没有以它写入任何内容[：{path}][：{name}]。',
    next: '请让对方改名后重新发送。',
  },
  'name-collision': {
    summary: '两个名称在存放接收文件的磁盘上相同[：{path}][ 与 {other}]。',
    next: '请让对方重命名其中一个后重新发送。',
  },
  refused: { summary: '您拒绝了这次传输。', next: '无需任何操作。' },
  'refused-unattended': {
    summary: '本机没有答复，因此拒绝了这次传输。',
    next: '请让对方重新发送，并在对方等待时答复。',
  },
  busy: { summary: '已接受另一项传输，因此拒绝了这一项。', next: '请等那项传输结束后，让对方重新发送。' },
  'disk-full': {
    summary: '存放接收文件的磁盘已满[：{path}][，需要 {needed:bytes}，可用 {free:bytes}]。',
    next: '请腾出空间，或选择其他磁盘上的文件夹，然后让对方重新发送。',
  },
  'too-large': {
    summary: '此文件超出本机文件系统或其限制允许的大小[：{path}]。',
    next: '请选择另一磁盘上的文件夹，然后让对方重新发送。',
  },
  'cancelled-here': { summary: '传输已在本机取消。', next: '需要时请让对方重新发送。未完成的文件已删除。' },
  'cancelled-by-peer': { summary: '发送方取消了传输。', next: '请与对方确认后让其重新发送。' },
  'peer-gone': { summary: '与发送方的连接中断了。', next: '请检查双方的网络，然后让对方重新发送。' },
  'name-too-long': {
    summary: '此名称超出存放接收文件的磁盘允许的长度[：{path}]。',
    next: '请让对方缩短名称后重新发送。',
  },
  'not-readable': {
    summary: '发送方无法读取此文件[：{path}][（{errno}）]。',
    next: '请让对方检查其权限后重新发送。',
  },
  'file-changed': {
    summary: '文件在发送过程中被修改，因此没有送达[：{path}]。',
    next: '请让对方在没有程序写入它时重新发送。',
  },
  'file-shrank': {
    summary: '文件在发送过程中被截断，因此没有送达[：{path}]。',
    next: '请让对方在没有程序写入它时重新发送。',
  },
  'file-vanished': {
    summary: '文件在发送之前消失了[：{path}]。',
    next: '请向对方确认它是否被移动或删除。',
  },
  'link-outside': {
    summary: '这个链接指向发送范围之外，因此没有创建[：{path}][ → {target}]。',
    next: '如有需要，请让对方同时发送它指向的内容。',
  },
  'links-unsupported': {
    summary: '目标文件夹所在的文件系统不支持链接，因此没有创建[：{path}]。',
    next: '请选择其他磁盘上的文件夹，或让对方发送链接指向的文件。',
  },
  'name-taken': { summary: '同名文件或文件夹已存在[：{path}]。', next: '请用 --on-conflict 选择如何处理。' },
  'peer-failed': {
    summary: '发送方报告了错误[（状态 {status}）]。',
    next: '请在那台设备上查看原因，然后让对方重新发送。',
  },
  'too-many-files': {
    summary: '一次传输包含的文件过多[：{count:count}][，上限为 {limit:count}]。',
    next: '请让对方分几次发送。',
  },
  'offer-too-large': {
    summary: '文件列表太长，无法一次传输。',
    next: '请让对方分几次发送这些文件夹。',
  },
  'nothing-selected': { summary: '您没有选择任何文件。', next: '无需任何操作。' },
} as const satisfies Partial<Record<ErrorCode, ErrorText>>

/** For the user who copies to a folder on this machine. */
export const copyingZh = {
  'not-readable': {
    summary: '无法读取[：{path}][（{errno}）]。',
    next: '请确认您有权打开它，然后重新复制。',
  },
  'nothing-to-send': {
    summary: '没有可复制的内容[：所选 {count:count} 项均无法使用]。',
    next: '请至少选择一个文件或文件夹。',
  },
  'cancelled-here': { summary: '复制已取消。', next: '可随时重新开始。未完成的文件已被删除。' },
  'disk-full': {
    summary: '目标文件夹所在的磁盘已满[：{path}][，需要 {needed:bytes}，可用 {free:bytes}]。',
    next: '请腾出空间，或选择其他磁盘上的文件夹，然后重新复制。',
  },
  'too-large': {
    summary: '此文件超出目标文件夹的文件系统或其限制允许的大小[：{path}]。',
    next: '请将其拆分，或选择其他磁盘上的文件夹。',
  },
  'target-unusable': {
    summary: '无法使用目标文件夹[：{path}][（{errno}）][。那里是文件，而不是文件夹：{file}]。',
    next: '请检查它是否为可写磁盘上的文件夹，或另选一个。',
  },
  'file-changed': {
    summary: '文件在复制过程中被修改，因此副本已删除[：{path}]。',
    next: '请在没有程序写入它时重新复制。',
  },
  'file-shrank': {
    summary: '文件在复制过程中被截断，因此副本已删除[：{path}]。',
    next: '请在没有程序写入它时重新复制。',
  },
  'file-vanished': { summary: '文件在复制之前消失了[：{path}]。', next: '请检查它是否被移动或删除。' },
  'check-failed': {
    summary: '副本与源文件不同[：{path}]。',
    next: '请检查本机的磁盘和内存，然后重新复制。',
  },
  'unsafe-name': {
    summary: '这个名称在目标文件夹中不安全，因此没有写入[：{path}][：{name}]。',
    next: '请改名后重新复制。',
  },
  'name-too-long': {
    summary: '这个名称超出目标文件夹所在磁盘允许的长度[：{path}]。',
    next: '请缩短后重新复制。',
  },
  'name-not-utf8': {
    summary: '这个名称不是有效的 UTF-8，无法复制[：{path}]。',
    next: '请改名后重新复制。其他文件不受影响。',
  },
  'name-collision': {
    summary: '两个名称在目标文件夹所在的磁盘上相同[：{path}][ 与 {other}]。',
    next: '请为其中一个改名后重新复制。',
  },
  'name-taken': { summary: '同名文件或文件夹已存在[：{path}]。', next: '请用 --on-conflict 选择如何处理。' },
  'link-outside': {
    summary: '这个链接指向复制范围之外，因此没有创建[：{path}][ → {target}]。',
    next: '如有需要，请同时复制它指向的内容。',
  },
  'links-unsupported': {
    summary: '目标文件夹所在的文件系统不支持链接，因此没有创建[：{path}]。',
    next: '请改为复制链接指向的文件，或选择其他磁盘上的文件夹。',
  },
  'size-unknown': {
    summary: '系统没有报告此文件的大小[：{path}]：其内容在读取时才生成。',
    next: '请用其他程序复制它。',
  },
  'not-regular': {
    summary: '这既不是文件、文件夹也不是链接，因此没有复制[：{path}]。',
    next: '无需处理：套接字、管道和设备没有可复制的内容。',
  },
  'too-many-files': {
    summary: '一次复制包含的文件过多[：{count:count}][，上限为 {limit:count}]。',
    next: '请分几次复制。',
  },
} as const satisfies Partial<Record<ErrorCode, ErrorText>>
