// SPDX-License-Identifier: Apache-2.0
pragma solidity 0.8.37;

import {IERC1271} from "@openzeppelin/contracts/interfaces/IERC1271.sol";

/// @title Who signed: 64 bytes (EIP-2098), 65 bytes, or whatever a contract wallet accepts (ERC-1271).
library Signatures {
    /// @dev A signature with s in the upper half is the same one bent, and is refused (EIP-2).
    uint256 private constant HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0;

    /// @dev The key comes first: it saves the code-size read, and accounts with delegated code (EIP-7702) still sign.
    function isBy(address signer, bytes32 digest, bytes calldata signature) internal view returns (bool) {
        if (recover(digest, signature) == signer && signer != address(0)) return true;
        return signer.code.length != 0 && _acceptedBy(signer, digest, signature);
    }

    function _acceptedBy(address signer, bytes32 digest, bytes calldata signature) private view returns (bool) {
        (bool success, bytes memory answer) =
            signer.staticcall(abi.encodeCall(IERC1271.isValidSignature, (digest, signature)));
        return
            success && answer.length >= 32
                && abi.decode(answer, (bytes32)) == bytes32(IERC1271.isValidSignature.selector);
    }

    /// @return the address whose key signed, 0 when none did
    function recover(bytes32 digest, bytes calldata signature) internal pure returns (address) {
        bytes32 r;
        uint256 s;
        uint256 v;
        if (signature.length == 65) {
            assembly ("memory-safe") {
                r := calldataload(signature.offset)
                s := calldataload(add(signature.offset, 32))
                v := byte(0, calldataload(add(signature.offset, 64)))
            }
        } else if (signature.length == 64) {
            assembly ("memory-safe") {
                r := calldataload(signature.offset)
                s := calldataload(add(signature.offset, 32))
            }
            v = 27 + (s >> 255);
            s &= type(uint256).max >> 1;
        }
        // A length that is neither leaves v = 0, which recovers nobody.
        if (s > HALF_ORDER) return address(0);
        return ecrecover(digest, uint8(v), r, bytes32(s));
    }
}
