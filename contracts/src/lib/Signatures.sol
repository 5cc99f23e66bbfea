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

    /// @dev EIP-2098: s with the parity of v in its top bit.
    function recover(bytes32 digest, bytes32 r, bytes32 vs) internal pure returns (address) {
        uint256 s = uint256(vs) & (type(uint256).max >> 1);
        if (s > HALF_ORDER) return address(0);
        return ecrecover(digest, uint8(27 + (uint256(vs) >> 255)), r, bytes32(s));
    }

    /// @return the address whose key signed, 0 when none did
    function recover(bytes32 digest, bytes calldata signature) internal pure returns (address) {
        bytes32 r;
        bytes32 s;
        assembly ("memory-safe") {
            r := calldataload(signature.offset)
            s := calldataload(add(signature.offset, 32))
        }
        if (signature.length == 64) return recover(digest, r, s);
        if (signature.length != 65 || uint256(s) > HALF_ORDER) return address(0);
        return ecrecover(digest, uint8(signature[64]), r, s);
    }
}
